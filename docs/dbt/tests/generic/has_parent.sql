{# Each row belongs to a row of the parent. #}
{% test has_parent(model, parent, columns) %}
SELECT {{ columns | join(', ') }}
FROM {{ model }} AS child
ANTI JOIN {{ parent }} AS parent USING ({{ columns | join(', ') }})
{% endtest %}
