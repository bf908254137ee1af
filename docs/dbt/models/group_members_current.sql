SELECT
    "group_id",
    "member_id",
    "member_kind",
    "removed",
    substr(filename, -72, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -32, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/group_members/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/group_members.parquet',
    filename = true, schema = MAP {
        'group_id': {name: 'group_id', type: 'VARCHAR', default_value: NULL},
        'member_id': {name: 'member_id', type: 'VARCHAR', default_value: NULL},
        'member_kind': {name: 'member_kind', type: 'VARCHAR', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT left(max(file), -89) || 'tables/group_members/tenant_id=' || substr(max(file), -65, 36) || '/dt=' || substr(max(file), -25, 10) || '/group_members.parquet'
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/groups/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/groups.parquet')
    WHERE TRY_CAST(substr(file, -25, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -65, 36)
)
