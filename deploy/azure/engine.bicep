// The workers of the engine: graphlake-temporal, for hundreds of tenants on Temporal, instead of the nightly job. Nobody reaches them; they
// ask Temporal for work.
param name string
param location string
param environmentId string
param identityId string
param registryServer string
param image string

@description('How many workers there are, each of which reads four tenants at once.')
param workers int

@description('Where Temporal answers: HOST:7233.')
param temporalAddress string
param temporalNamespace string

@description('The vault, which holds all that is secret.')
param vaultName string

@description('Whether Temporal is its cloud, or another that takes a key of its API and speaks TLS.')
param usesTemporalApiKey bool

@description('That key. Empty: it is in the vault already, and stays as it is.')
@secure()
param temporalApiKey string

@description('32 random bytes in base64, with which what Temporal stores is encrypted. Empty: it is in the vault already.')
@secure()
param payloadKey string

@description('Of the application to which customers have consented. Empty: it is in the vault already.')
@secure()
param graphClientSecret string

@description('Where in the vault the key of the pseudonyms is.')
param keyUrl string

@description('The text of graphlake.yaml.')
@secure()
param configuration string

// What the key of the API takes, where there is one.
var apiKeySecrets = [
  {
    name: 'temporal-api-key'
    keyVaultUrl: '${vault.properties.vaultUri}secrets/temporal-api-key'
    identity: identityId
  }
]
var apiKeyVariables = [
  {
    name: 'TEMPORAL_API_KEY'
    secretRef: 'temporal-api-key'
  }
]

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource storesApiKey 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (usesTemporalApiKey && !empty(temporalApiKey)) {
  parent: vault
  name: 'temporal-api-key'
  properties: {
    value: temporalApiKey
  }
}

resource storesPayloadKey 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(payloadKey)) {
  parent: vault
  name: 'temporal-payload-key'
  properties: {
    value: payloadKey
  }
}

resource storesClientSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(graphClientSecret)) {
  parent: vault
  name: 'graph-client-secret'
  properties: {
    value: graphClientSecret
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [
        {
          server: registryServer
          identity: identityId
        }
      ]
      secrets: concat([
        {
          name: 'graphlake-yaml' // no secret, but what an app can mount as a file
          value: configuration
        }
        {
          name: 'pseudonym-key'
          keyVaultUrl: keyUrl
          identity: identityId
        }
        {
          name: 'temporal-payload-key'
          keyVaultUrl: '${vault.properties.vaultUri}secrets/temporal-payload-key'
          identity: identityId
        }
        {
          name: 'graph-client-secret'
          keyVaultUrl: '${vault.properties.vaultUri}secrets/graph-client-secret'
          identity: identityId
        }
      ], usesTemporalApiKey ? apiKeySecrets : [])
    }
    template: {
      terminationGracePeriodSeconds: 360 // longer than what --grace leaves to units, and than what gives locks back
      // A number that stays: a worker that is taken away reads its tenants once more elsewhere.
      scale: {
        minReplicas: workers
        maxReplicas: workers
      }
      containers: [
        {
          name: 'graphlake'
          image: '${registryServer}/${image}'
          args: [
            'worker'
            '--listen=0.0.0.0:8080'
            '--tenants=4'
            '--parts=1'
            '--grace=5m'
          ]
          env: concat([
            {
              name: 'TEMPORAL_ADDRESS'
              value: temporalAddress
            }
            {
              name: 'TEMPORAL_NAMESPACE'
              value: temporalNamespace
            }
            {
              name: 'GRAPHLAKE_TEMPORAL_KEY'
              secretRef: 'temporal-payload-key'
            }
            {
              name: 'GRAPH_CLIENT_SECRET'
              secretRef: 'graph-client-secret'
            }
            {
              name: 'GRAPHLAKE_PSEUDONYM_KEY'
              secretRef: 'pseudonym-key'
            }
          ], usesTemporalApiKey ? apiKeyVariables : [])
          resources: {
            cpu: 1 // less would have less room in /tmp
            memory: '2Gi'
          }
          // Temporal that is away is no reason to end what is under way: only who does not listen is started again.
          probes: [
            {
              type: 'Startup'
              tcpSocket: {
                port: 8080
              }
              periodSeconds: 5
              failureThreshold: 24
            }
            {
              type: 'Liveness'
              tcpSocket: {
                port: 8080
              }
              periodSeconds: 30
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: {
                port: 8080
                path: '/healthz'
                scheme: 'HTTP'
              }
              periodSeconds: 30
              timeoutSeconds: 10
              failureThreshold: 3
            }
          ]
          volumeMounts: [
            {
              volumeName: 'configuration'
              mountPath: '/etc/graphlake'
            }
            {
              volumeName: 'scratch'
              mountPath: '/tmp'
            }
          ]
        }
      ]
      volumes: [
        {
          name: 'configuration'
          storageType: 'Secret'
          secrets: [
            {
              secretRef: 'graphlake-yaml'
              path: 'graphlake.yaml'
            }
          ]
        }
        {
          name: 'scratch'
          storageType: 'EmptyDir'
        }
      ]
    }
  }
  dependsOn: [
    storesApiKey
    storesPayloadKey
    storesClientSecret
  ]
}
