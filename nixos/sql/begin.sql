-- Marks the database, as its owner, as being created.
CREATE SCHEMA odoo_box_being_made;
