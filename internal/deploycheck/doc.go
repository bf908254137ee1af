// Package deploycheck holds the files of deploy, and what a release carries, against who reads them:
// Kubernetes' own types and its restricted policy for pods, systemd, a builder of container images, a
// grammar of Bicep, what the released command says it is made of, and that command itself, which is run
// in an empty root directory with the arguments and the configuration that the files give it.
//
// It has only tests and is a module of its own, so that the product does not depend on Kubernetes. Make
// deploy-check builds what it runs. What this machine lacks is skipped by name.
package deploycheck
