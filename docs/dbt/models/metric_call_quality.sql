SELECT
    tenant_id, dt, call_id, COUNT(*) AS streams,
    SUM(CASE WHEN medium = 'audio' AND cqd_class = 'good' THEN 1 ELSE 0 END) AS good_audio,
    SUM(CASE WHEN medium = 'audio' AND cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor_audio,
    SUM(CASE WHEN medium = 'audio' AND cqd_class = 'unclassified' THEN 1 ELSE 0 END) AS unclassified_audio,
    SUM(CASE WHEN medium IN ('video', 'sharing') AND cqd_class = 'good' THEN 1 ELSE 0 END) AS good_video,
    SUM(CASE WHEN medium IN ('video', 'sharing') AND cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor_video,
    MAX(CASE WHEN medium = 'audio' AND cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor_audio_call,
    MAX(CASE WHEN cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor_call,
    MAX(COALESCE(cri_poor, 0)) AS cri_poor_call
FROM {{ ref('metric_streams') }} AS metric_streams
GROUP BY tenant_id, dt, call_id
