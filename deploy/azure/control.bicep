// The control API: graphlake serve behind the ingress of the environment, which ends TLS with a certificate of the platform's.
// It is reached from the virtual network, and from networks that are peered with it; the internet does not reach it.
param name string
param location string
param environmentId string

@description('Where the environment answers: the private addresses of all its apps end so.')
param domain string
param address string
param networkId string
param identityId string
param registryServer string
param image string

@description('Where in the vault the key of the pseudonyms is.')
param keyUrl string

@description('The text of graphlake.yaml, with who may call.')
@secure()
param configuration string

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
      ingress: {
        external: true // for the network: the environment is internal
        allowInsecure: false
        targetPort: 8443
        transport: 'http'
      }
      registries: [
        {
          server: registryServer
          identity: identityId
        }
      ]
      secrets: [
        {
          name: 'graphlake-yaml' // no secret, but what an app can mount as a file
          value: configuration
        }
        {
          name: 'pseudonym-key'
          keyVaultUrl: keyUrl
          identity: identityId
        }
      ]
    }
    template: {
      terminationGracePeriodSeconds: 90 // longer than what --grace leaves to runs
      // One stays, for nobody wakes it who asks for a run that takes hours. While a revision follows another there are two, which
      // the lake's locks and documents keep apart.
      scale: {
        minReplicas: 1
        maxReplicas: 1
      }
      containers: [
        {
          name: 'graphlake'
          image: '${registryServer}/${image}'
          args: [
            'serve'
            '--listen=0.0.0.0:8443'
            '--grace=1m'
          ]
          env: [
            {
              name: 'GRAPHLAKE_PSEUDONYM_KEY'
              secretRef: 'pseudonym-key'
            }
          ]
          resources: {
            cpu: 1 // less would have less room in /tmp
            memory: '2Gi'
          }
          // A lake that is away is no reason to end what runs: only who does not listen is started again.
          probes: [
            {
              type: 'Startup'
              tcpSocket: {
                port: 8443
              }
              periodSeconds: 5
              failureThreshold: 24
            }
            {
              type: 'Liveness'
              tcpSocket: {
                port: 8443
              }
              periodSeconds: 30
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: {
                port: 8443
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
}

// An internal environment has names that nobody resolves, unless a zone of the network says where it is.
resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: domain
  location: 'global'
}

resource everyApp 'Microsoft.Network/privateDnsZones/A@2020-06-01' = {
  parent: zone
  name: '*'
  properties: {
    ttl: 3600
    aRecords: [
      {
        ipv4Address: address
      }
    ]
  }
}

resource findsApps 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = {
  parent: zone
  name: name
  location: 'global'
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: networkId
    }
  }
}

output url string = 'https://${app.properties.configuration.ingress.fqdn}'
