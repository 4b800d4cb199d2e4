import type pg from 'pg';
import type { Catalog, CatalogColumn, CatalogRelationship } from '../model/catalog.js';

/** Reads the data dictionary and the relationships of schema `mart`, in the order of relations and columns. */
export async function readCatalog(pool: pg.Pool): Promise<Catalog> {
  const columns = await pool.query<CatalogColumn>(
    `select
         relation,
         relation_kind as "relationKind",
         relation_description as "relationDescription",
         column_name as "column",
         data_type as "dataType",
         unit,
         description,
         source_field as "sourceField",
         is_additive as "isAdditive",
         is_personal as "isPersonal",
         has_table_privilege('genesys_reader', 'mart.' || quote_ident(relation), 'select') as "isForReaders"
     from mart.ops_dictionary
     order by relation, column_no`,
  );
  const relationships = await pool.query<CatalogRelationship>(
    `select
         from_relation as "fromRelation",
         from_column as "fromColumn",
         to_relation as "toRelation",
         to_column as "toColumn",
         cardinality,
         is_active as "isActive"
     from mart.ops_relationships
     order by relationship_key`,
  );
  return { columns: columns.rows, relationships: relationships.rows };
}
