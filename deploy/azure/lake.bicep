// The account of the lake, who writes to it, and what keeps it from being read by others, changed or lost.
param name string
param location string
param network string
param historyDays int
param writerPrincipalId string
param workspaceId string
param endpointSubnetId string
param zoneId string

var blobDataContributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')

// Flat: a partition is replaced by one Put Block List with If-Match, and the locks are leases. Nothing is ever renamed,
// which is what a hierarchical namespace is for, and one has no versions.
resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    isHnsEnabled: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: network == 'public' ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: network == 'public' ? 'Allow' : 'Deny'
      bypass: 'None'
    }
  }
}

// What is replaced stays as a version, and what is deleted can be had back, also the container. Immutability would
// keep more, but raw is merged every night, and a person has to be erasable from it.
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: {
      enabled: true
      days: historyDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: historyDays
    }
  }
}

// A version that was replaced is deleted a day after it was written at the earliest, and then kept by soft delete for
// historyDays. So nothing that was erased outlives that by more than about three days.
resource endsHistory 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'replaced-versions'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: 1
                }
              }
            }
          }
        }
      ]
    }
  }
  dependsOn: [
    blobs
  ]
}

resource lake 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'lake'
}

resource writesLake 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(lake.id, writerPrincipalId, blobDataContributor)
  scope: lake
  properties: {
    principalId: writerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: blobDataContributor
  }
}

// Of the account and, by Azure's own API, of its container. Whoever has a role on the blobs can still delete these.
resource keepsAccount 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep-the-lake'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Graph has forgotten what this account holds. Remove this lock only to delete the lake for good.'
  }
}

// Who read, wrote and deleted what, when and from where: by its identity and the name of the blob, which names no person.
resource whoReads 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'who-reads'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageRead'
        enabled: true
      }
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
  }
}

module endpoint 'endpoint.bicep' = if (network == 'private') {
  name: 'lake-endpoint'
  params: {
    name: '${name}-blob'
    location: location
    serviceId: account.id
    part: 'blob'
    subnetId: endpointSubnetId
    zoneId: zoneId
  }
}

output accountUrl string = 'https://${account.name}.blob.${environment().suffixes.storage}'
output lakeUrl string = '${account.properties.primaryEndpoints.blob}${lake.name}'
