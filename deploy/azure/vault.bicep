// The vault with the key of the pseudonyms, and who may use it. Whoever has the key can find out who is who; whoever loses
// it cannot add to the lake.
param name string
param location string
param network string
param readerPrincipalId string
param workspaceId string
param endpointSubnetId string
param zoneId string

@description('Empty: the secret is in the vault already, and stays as it is.')
@secure()
param pseudonymKey string

var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-874b-0445c86b69e6')

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: network == 'public' ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: network == 'public' ? 'Allow' : 'Deny'
      bypass: 'None'
    }
  }
}

resource key 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(pseudonymKey)) {
  parent: vault
  name: 'pseudonym-key'
  properties: {
    value: pseudonymKey
  }
}

// Reads secrets, and does not list, change or delete them.
resource usesKey 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, readerPrincipalId, secretsUser)
  scope: vault
  properties: {
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

resource keepsVault 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep-the-key'
  scope: vault
  properties: {
    level: 'CanNotDelete'
    notes: 'A lake with pseudonyms takes no run without this key.'
  }
}

resource whoReads 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'who-reads'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

module endpoint 'endpoint.bicep' = if (network == 'private') {
  name: 'vault-endpoint'
  params: {
    name: '${name}-vault'
    location: location
    serviceId: vault.id
    part: 'vault'
    subnetId: endpointSubnetId
    zoneId: zoneId
  }
}

output keyUrl string = '${vault.properties.vaultUri}secrets/pseudonym-key'

output name string = vault.name
