package schemas

// Person says how a dataset is read where the application has no permissions of its own and a person is signed in: for that
// person alone, with what the person has consented to.
type Person struct {
	// Permissions that open the source, any one of them, and Also what is needed besides, as those of the dataset: delegated
	// ones, which Graph also calls scopes.
	Permissions Requirement
	Also        []Requirement
	// ScopeIDs are the ids of those permissions, also of what lies between, that [Permission.ScopeID] does not know.
	ScopeIDs map[Permission]string
	// Source is asked for the person; its Parent is filled in. nil: the dataset's own is, with the person as the only parent.
	Source *Source
}

// signedIn is the person who is signed in, as the only parent. Graph takes the own id in paths in the place of others'.
var signedIn = &Parent{
	Path: "/me", Query: idOfMe, Single: true, Budget: identity,
	Permissions: SignIn,
}

var idOfMe = []Param{{"$select", "id"}}

// SignIn is the permission that signs a person in, and by which it is told who that is.
var SignIn = Requirement{"User.Read"}

// OfPerson is the dataset as it is read for the one person who is signed in, and whether it can be: its permissions are
// delegated ones, its only parent is that person, and its tables are the same. It is the dataset itself in all that does not
// say how it is read, so that who has this one already may ask again.
//
// Where collections lie between the person and the records, absence is no evidence: an event that was taken out of the calendar
// leads to its records no more, which are still there.
func (d Dataset) OfPerson() (Dataset, bool) {
	if d.Person == nil {
		return Dataset{}, false
	}
	if d.Person.Source != nil {
		d.Source = *d.Person.Source
	}
	d.Source.Parent = signedIn
	d.Permissions, d.Also, d.RoleIDs = d.Person.Permissions, d.Person.Also, nil
	d.Removes = d.Removes && len(d.Source.Between) == 0
	return d, true
}

// ForPerson are those of the datasets that can be read for one person, as they are read so.
func ForPerson(datasets []Dataset) (all []Dataset) {
	for _, d := range datasets {
		if of, ok := d.OfPerson(); ok {
			all = append(all, of)
		}
	}
	return all
}
