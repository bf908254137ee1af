# The workers of the engine: the released graphlake-temporal, its licences and nothing else, as in Dockerfile.
#
#   make release
#   docker build -f deploy/engine.Dockerfile --build-arg VERSION=v0.1.0 -t contoso.azurecr.io/graphlake-temporal:v0.1.0 dist
#
# The root file system may be read-only. What is written is drafts of what is uploaded, in /tmp or $TMPDIR: mount it. The lake is
# in Blob Storage, since workers share it.
FROM scratch
ARG TARGETARCH
ARG VERSION=unknown
LABEL org.opencontainers.image.title="graphlake-temporal" \
      org.opencontainers.image.description="Runs the nights of graphlake for hundreds of tenants on Temporal" \
      org.opencontainers.image.version="${VERSION}"
COPY graphlake-temporal-linux-${TARGETARCH} /graphlake-temporal
COPY LICENSE THIRD_PARTY_NOTICES /
# Where graphlake.yaml is looked for.
WORKDIR /etc/graphlake
USER 65532:65532
ENTRYPOINT ["/graphlake-temporal"]
