{# No two rows have the same key. #}
{% test unique_key(model, columns) %}
SELECT {{ columns | join(', ') }}, count(*) AS times
FROM {{ model }} AS rows_of_model
GROUP BY {{ columns | join(', ') }}
HAVING count(*) > 1
{% endtest %}
