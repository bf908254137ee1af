SELECT
    "organization_id",
    "display_name",
    "country_letter_code",
    "city",
    "created_time",
    "tenant_type",
    "default_usage_location",
    "preferred_language",
    "on_premises_sync_enabled",
    "on_premises_last_sync_time",
    "verified_domains",
    "removed",
    substr(filename, -66, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -26, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/tenants/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/tenants.parquet',
    filename = true, schema = MAP {
        'organization_id': {name: 'organization_id', type: 'VARCHAR', default_value: NULL},
        'display_name': {name: 'display_name', type: 'VARCHAR', default_value: NULL},
        'country_letter_code': {name: 'country_letter_code', type: 'VARCHAR', default_value: NULL},
        'city': {name: 'city', type: 'VARCHAR', default_value: NULL},
        'created_time': {name: 'created_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'tenant_type': {name: 'tenant_type', type: 'VARCHAR', default_value: NULL},
        'default_usage_location': {name: 'default_usage_location', type: 'VARCHAR', default_value: NULL},
        'preferred_language': {name: 'preferred_language', type: 'VARCHAR', default_value: NULL},
        'on_premises_sync_enabled': {name: 'on_premises_sync_enabled', type: 'BOOLEAN', default_value: NULL},
        'on_premises_last_sync_time': {name: 'on_premises_last_sync_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'verified_domains': {name: 'verified_domains', type: 'JSON', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/tenants/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/tenants.parquet')
    WHERE TRY_CAST(substr(file, -26, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -66, 36)
)
