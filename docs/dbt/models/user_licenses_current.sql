SELECT
    "user_id",
    "sku_id",
    "disabled_plans",
    "removed",
    substr(filename, -72, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -32, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/user_licenses/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/user_licenses.parquet',
    filename = true, schema = MAP {
        'user_id': {name: 'user_id', type: 'VARCHAR', default_value: NULL},
        'sku_id': {name: 'sku_id', type: 'VARCHAR', default_value: NULL},
        'disabled_plans': {name: 'disabled_plans', type: 'JSON', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT left(max(file), -87) || 'tables/user_licenses/tenant_id=' || substr(max(file), -64, 36) || '/dt=' || substr(max(file), -24, 10) || '/user_licenses.parquet'
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/users/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/users.parquet')
    WHERE TRY_CAST(substr(file, -24, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -64, 36)
)
