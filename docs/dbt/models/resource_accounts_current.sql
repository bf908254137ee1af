SELECT
    "account_id",
    "display_name",
    "user_principal_name",
    "application_id",
    "phone_number",
    "acs_resource_id",
    "removed",
    substr(filename, -76, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -36, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/resource_accounts/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/resource_accounts.parquet',
    filename = true, schema = MAP {
        'account_id': {name: 'account_id', type: 'VARCHAR', default_value: NULL},
        'display_name': {name: 'display_name', type: 'VARCHAR', default_value: NULL},
        'user_principal_name': {name: 'user_principal_name', type: 'VARCHAR', default_value: NULL},
        'application_id': {name: 'application_id', type: 'VARCHAR', default_value: NULL},
        'phone_number': {name: 'phone_number', type: 'VARCHAR', default_value: NULL},
        'acs_resource_id': {name: 'acs_resource_id', type: 'VARCHAR', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/resource_accounts/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/resource_accounts.parquet')
    WHERE TRY_CAST(substr(file, -36, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -76, 36)
)
