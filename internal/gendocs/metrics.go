package main

import "graphlake/views"

// topic is the metrics under one heading.
type topic struct {
	Name    string
	Metrics []views.Metric
}

// topics are in the order in which their first metrics are printed.
func topics(all []views.Metric) (topics []topic) {
	at := map[string]int{}
	for _, m := range all {
		i, ok := at[m.Topic]
		if !ok {
			i = len(topics)
			at[m.Topic] = i
			topics = append(topics, topic{Name: m.Topic})
		}
		topics[i].Metrics = append(topics[i].Metrics, m)
	}
	return topics
}
