-- Takes back what begin.sql said: all is there.
DROP SCHEMA odoo_box_being_made;
