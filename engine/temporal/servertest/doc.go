// Package servertest tries the engine as an operator has it: Temporal's server in the process of the test, and workers that are
// processes of graphlake-temporal, which are killed as machines are. What they leave is compared with what graphlake leaves, whose
// runs ask the same simulated tenants.
//
// The last line of it is: temporal tenants=N units=N kills=N differing=N overlapping=N. Tenants and units are those that went through
// workers, added up over the tests; differing are files of a lake that are not as graphlake leaves them; overlapping are requests for a
// tenant while another worker held it or waited for an answer of it.
package servertest
