// A lake in Blob Storage, and a job that fills it every night as an identity that needs no secret.
//
//   az deployment group create -g graphlake -f main.bicep -p main.parameters.json -p pseudonymKey="$GRAPHLAKE_PSEUDONYM_KEY"
//
// The registry that holds the image is there already, in the same resource group.
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

@description('The key of the pseudonyms. Whoever loses it cannot add to the lake.')
@secure()
param pseudonymKey string

var blobDataContributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
var acrPull = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

// Flat: a partition is replaced by one Put Block List with If-Match, and the locks are leases. Nothing is ever renamed,
// which is what a hierarchical namespace is for, and its directories would stand in listings among the blobs.
resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: '${name}${uniqueString(resourceGroup().id)}'
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    isHnsEnabled: false
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 14
    }
  }
}

resource lake 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'lake'
}

resource writesLake 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(lake.id, identity.id, blobDataContributor)
  scope: lake
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: blobDataContributor
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
    retentionInDays: 30
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
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

module nightly 'job.bicep' = {
  name: 'nightly'
  params: {
    name: '${name}-nightly'
    location: location
    environmentId: apps.id
    identityId: identity.id
    registryServer: images.properties.loginServer
    image: image
    cron: cron
    pseudonymKey: pseudonymKey
    configuration: replace(
      replace(
        replace(loadTextContent('graphlake.yaml'), '11111111-1111-1111-1111-111111111111', identity.properties.clientId),
        '00000000-0000-0000-0000-000000000000',
        tenant().tenantId
      ),
      'https://ACCOUNT.blob.core.windows.net',
      'https://${account.name}.blob.${environment().suffixes.storage}'
    )
  }
  dependsOn: [
    writesLake
    pullsImage
  ]
}

@description('Whom to grant the permissions on Graph; graphlake permissions lists them.')
output principalId string = identity.properties.principalId

output lakeUrl string = '${account.properties.primaryEndpoints.blob}${lake.name}'
