-- Says in the database, as its owner, that it is being made.
CREATE SCHEMA odoo_box_being_made;
