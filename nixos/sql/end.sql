-- Removes the mark of begin.sql: the database is complete.
DROP SCHEMA odoo_box_being_made;
