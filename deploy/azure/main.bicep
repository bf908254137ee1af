// A lake in Blob Storage, and a job that fills it every night as an identity that needs no secret. By default nothing of it
// can be reached from the internet.
//
//   az deployment group create -g graphlake -f main.bicep -p main.parameters.json -p pseudonymKey="$(openssl rand -base64 32)"
//
// The registry that holds the image is there already, in the same resource group. The key of the pseudonyms is given the first
// time only: it is in the vault then.
targetScope = 'resourceGroup'

@description('Begins the names of what is made: small letters and digits.')
@minLength(3)
@maxLength(11)
param name string = 'graphlake'

param location string = resourceGroup().location

@description('The name of the container registry.')
param registry string

@description('The image in the registry, with its version.')
param image string

@description('When the job runs: five fields, in UTC. Azure knows no other time zone here.')
param cron string = '30 2 * * *'

@description('private: lake and vault answer in the virtual network only; whoever reads the lake, as Synapse, Power BI or a laptop, needs a private endpoint of their own or a way into that network. public: they answer the whole internet, and only roles keep people out.')
@allowed([
  'private'
  'public'
])
param network string = 'private'

@description('For how many days what was replaced or deleted can be had back. For so long, and about three days more, what was erased is still there.')
@minValue(1)
@maxValue(365)
param historyDays int = 14

@description('For how many days it is known who has read the lake.')
@minValue(30)
@maxValue(730)
param logDays int = 90

@description('The key of the pseudonyms: given the first time, and left out after that. Whoever loses it cannot add to the lake.')
@secure()
param pseudonymKey string = ''

@description('The client id of the registration of the control API, as graphlake permissions --format manifest writes it; empty: there is no control API.')
param controlClientId string = ''

@description('The client id of who calls the control API, as a portal: an application of the same tenant.')
param callerClientId string = ''

@description('Where Temporal answers, HOST:7233: workers of the engine are made instead of the nightly job. Empty: there is no engine.')
param temporalAddress string = ''

@description('The namespace of Temporal.')
param temporalNamespace string = 'graphlake'

@description('The image of graphlake-temporal in the registry, with its version.')
param engineImage string = ''

@description('How many workers of the engine there are.')
@minValue(1)
@maxValue(300)
param workers int = 2

@description('The client id of the application to which the administrators of customers have consented.')
param graphClientId string = ''

@description('Its secret: given the first time and when it is another, and left out after that.')
@secure()
param graphClientSecret string = ''

@description('Whether Temporal takes a key of its API, with which TLS is used: its cloud does. false: a server of your own without.')
param usesTemporalApiKey bool = true

@description('That key: as the secret is given.')
@secure()
param temporalApiKey string = ''

@description('The key with which what Temporal stores is encrypted: given the first time, and left out after that.')
@secure()
param payloadKey string = ''

var configuration = replace(
  replace(
    replace(loadTextContent('graphlake.yaml'), '11111111-1111-1111-1111-111111111111', identity.properties.clientId),
    '00000000-0000-0000-0000-000000000000',
    tenant().tenantId
  ),
  'https://ACCOUNT.blob.core.windows.net',
  lake.outputs.accountUrl
)

var callers = replace(
  replace(
    replace(loadTextContent('control.yaml'), '22222222-2222-2222-2222-222222222222', controlClientId),
    '33333333-3333-3333-3333-333333333333',
    callerClientId
  ),
  '00000000-0000-0000-0000-000000000000',
  tenant().tenantId
)

var engineConfiguration = replace(
  replace(
    replace(
      replace(loadTextContent('engine.yaml'), '44444444-4444-4444-4444-444444444444', graphClientId),
      '11111111-1111-1111-1111-111111111111',
      identity.properties.clientId
    ),
    '00000000-0000-0000-0000-000000000000',
    tenant().tenantId
  ),
  'https://ACCOUNT.blob.core.windows.net',
  lake.outputs.accountUrl
)

var acrPull = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

module net 'network.bicep' = {
  name: 'network'
  params: {
    name: name
    location: location
  }
}

module lake 'lake.bicep' = {
  name: 'lake'
  params: {
    name: '${name}${uniqueString(resourceGroup().id)}'
    location: location
    network: network
    historyDays: historyDays
    writerPrincipalId: identity.properties.principalId
    workspaceId: logs.id
    endpointSubnetId: net.outputs.endpointsSubnetId
    zoneId: net.outputs.blobZoneId
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  params: {
    name: '${name}${uniqueString(resourceGroup().id)}'
    location: location
    network: network
    readerPrincipalId: identity.properties.principalId
    pseudonymKey: pseudonymKey
    workspaceId: logs.id
    endpointSubnetId: net.outputs.endpointsSubnetId
    zoneId: net.outputs.vaultZoneId
  }
}

resource images 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registry
}

resource pullsImage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(images.id, identity.id, acrPull)
  scope: images
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: acrPull
  }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: location
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: logDays
  }
}

resource apps 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: name
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
    vnetConfiguration: {
      infrastructureSubnetId: net.outputs.jobsSubnetId
      internal: true
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

module nightly 'job.bicep' = if (empty(temporalAddress)) {
  name: 'nightly'
  params: {
    name: '${name}-nightly'
    location: location
    environmentId: apps.id
    identityId: identity.id
    registryServer: images.properties.loginServer
    image: image
    cron: cron
    keyUrl: vault.outputs.keyUrl
    configuration: configuration
  }
  dependsOn: [
    pullsImage
  ]
}

module control 'control.bicep' = if (!empty(controlClientId)) {
  name: 'control'
  params: {
    name: '${name}-control'
    location: location
    environmentId: apps.id
    domain: apps.properties.defaultDomain
    address: apps.properties.staticIp
    networkId: net.outputs.networkId
    identityId: identity.id
    registryServer: images.properties.loginServer
    image: image
    keyUrl: vault.outputs.keyUrl
    configuration: '${configuration}\n${callers}'
  }
  dependsOn: [
    pullsImage
  ]
}

module engine 'engine.bicep' = if (!empty(temporalAddress)) {
  name: 'engine'
  params: {
    name: '${name}-engine'
    location: location
    environmentId: apps.id
    identityId: identity.id
    registryServer: images.properties.loginServer
    image: engineImage
    workers: workers
    temporalAddress: temporalAddress
    temporalNamespace: temporalNamespace
    vaultName: vault.outputs.name
    usesTemporalApiKey: usesTemporalApiKey
    temporalApiKey: temporalApiKey
    payloadKey: payloadKey
    graphClientSecret: graphClientSecret
    keyUrl: vault.outputs.keyUrl
    configuration: engineConfiguration
  }
  dependsOn: [
    pullsImage
  ]
}

@description('Whom to grant the permissions on Graph; graphlake permissions lists them.')
output principalId string = identity.properties.principalId

output lakeUrl string = lake.outputs.lakeUrl

@description('Where the control API answers in the virtual network; empty: it is not there.')
output controlUrl string = empty(controlClientId) ? '' : control!.outputs.url
