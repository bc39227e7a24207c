-- Prints what has become of this database: "empty", "filled", or "half-made" by a set-up that was interrupted.
SELECT CASE
         WHEN EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'odoo_box_being_made') THEN 'half-made'
         WHEN EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'public') THEN 'filled'
         ELSE 'empty'
       END;
