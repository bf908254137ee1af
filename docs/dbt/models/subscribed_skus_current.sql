SELECT
    "subscribed_sku_id",
    "organization_id",
    "sku_id",
    "sku_part_number",
    "applies_to",
    "capability_status",
    "consumed_units",
    "enabled_units",
    "warning_units",
    "suspended_units",
    "locked_out_units",
    "service_plans",
    "removed",
    substr(filename, -74, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -34, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/subscribed_skus/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/subscribed_skus.parquet',
    filename = true, schema = MAP {
        'subscribed_sku_id': {name: 'subscribed_sku_id', type: 'VARCHAR', default_value: NULL},
        'organization_id': {name: 'organization_id', type: 'VARCHAR', default_value: NULL},
        'sku_id': {name: 'sku_id', type: 'VARCHAR', default_value: NULL},
        'sku_part_number': {name: 'sku_part_number', type: 'VARCHAR', default_value: NULL},
        'applies_to': {name: 'applies_to', type: 'VARCHAR', default_value: NULL},
        'capability_status': {name: 'capability_status', type: 'VARCHAR', default_value: NULL},
        'consumed_units': {name: 'consumed_units', type: 'INTEGER', default_value: NULL},
        'enabled_units': {name: 'enabled_units', type: 'INTEGER', default_value: NULL},
        'warning_units': {name: 'warning_units', type: 'INTEGER', default_value: NULL},
        'suspended_units': {name: 'suspended_units', type: 'INTEGER', default_value: NULL},
        'locked_out_units': {name: 'locked_out_units', type: 'INTEGER', default_value: NULL},
        'service_plans': {name: 'service_plans', type: 'JSON', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT left(max(file), -91) || 'tables/subscribed_skus/tenant_id=' || substr(max(file), -66, 36) || '/dt=' || substr(max(file), -26, 10) || '/subscribed_skus.parquet'
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/tenants/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/tenants.parquet')
    WHERE TRY_CAST(substr(file, -26, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -66, 36)
)
