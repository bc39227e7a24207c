-- Prints the state of this database: "empty", "filled", or "half-made" by an interrupted set-up.
SELECT CASE
         WHEN EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'odoo_box_being_made') THEN 'half-made'
         WHEN EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'public') THEN 'filled'
         ELSE 'empty'
       END;
