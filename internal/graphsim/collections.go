package graphsim

// collections are all that the tenant makes itself.
var collections []collection

// anyRequest is what every request takes.
var anyRequest = []charge{{limit: limitAll, cost: 1}}
