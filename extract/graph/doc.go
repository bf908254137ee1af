// Package graph reads collections and objects of Microsoft Graph for one tenant.
//
// It signs requests, follows pages to the end, keeps to the published throttling limits, waits when
// Graph asks for it, tries again what may pass, and says of what did not which of eight kinds it is.
// It promises that no page is skipped or cut off unnoticed, that an answer is whole or an error, that no limit is exceeded in any window,
// that a token goes to the endpoint's host only, and that every wait ends with its context.
//
// It knows OData's envelope and Graph's errors. It does not know any dataset, nor what is in a record.
package graph
