package graphsim

// forbidden says whether nobody may read what a user or a team has, by Options.Forbidden.
func (t *Tenant) forbidden(kind uint64, number int) bool {
	s := seeded(t.seed, kind, uint64(number), 'z')
	return s.chance(t.Forbidden)
}

func accessDenied() error {
	return refuse(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
}
