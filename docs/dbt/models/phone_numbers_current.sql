SELECT
    "telephone_number",
    "number_type",
    "assignment_status",
    "assignment_target_id",
    "assignment_category",
    "activation_state",
    "number_source",
    "capabilities",
    "operator_id",
    "iso_country_code",
    "city",
    "location_id",
    "civic_address_id",
    "network_site_id",
    "port_in_status",
    "removed",
    substr(filename, -72, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -32, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/phone_numbers/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/phone_numbers.parquet',
    filename = true, schema = MAP {
        'telephone_number': {name: 'telephone_number', type: 'VARCHAR', default_value: NULL},
        'number_type': {name: 'number_type', type: 'VARCHAR', default_value: NULL},
        'assignment_status': {name: 'assignment_status', type: 'VARCHAR', default_value: NULL},
        'assignment_target_id': {name: 'assignment_target_id', type: 'VARCHAR', default_value: NULL},
        'assignment_category': {name: 'assignment_category', type: 'VARCHAR', default_value: NULL},
        'activation_state': {name: 'activation_state', type: 'VARCHAR', default_value: NULL},
        'number_source': {name: 'number_source', type: 'VARCHAR', default_value: NULL},
        'capabilities': {name: 'capabilities', type: 'JSON', default_value: NULL},
        'operator_id': {name: 'operator_id', type: 'VARCHAR', default_value: NULL},
        'iso_country_code': {name: 'iso_country_code', type: 'VARCHAR', default_value: NULL},
        'city': {name: 'city', type: 'VARCHAR', default_value: NULL},
        'location_id': {name: 'location_id', type: 'VARCHAR', default_value: NULL},
        'civic_address_id': {name: 'civic_address_id', type: 'VARCHAR', default_value: NULL},
        'network_site_id': {name: 'network_site_id', type: 'VARCHAR', default_value: NULL},
        'port_in_status': {name: 'port_in_status', type: 'VARCHAR', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/phone_numbers/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/phone_numbers.parquet')
    WHERE TRY_CAST(substr(file, -32, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -72, 36)
)
