// One scheduled job: the released image, its configuration as a file, and the identity that it runs as.
param name string
param location string
param environmentId string
param identityId string
param registryServer string
param image string
param cron string

@description('Where in the vault the key of the pseudonyms is.')
param keyUrl string

@description('The text of graphlake.yaml.')
@secure()
param configuration string

resource job 'Microsoft.App/jobs@2024-03-01' = {
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
      triggerType: 'Schedule'
      scheduleTriggerConfig: {
        cronExpression: cron
        parallelism: 1
        replicaCompletionCount: 1
      }
      // A job cannot tell exit statuses apart, so each gets one more try. It does harm to none, but after 4 (done, not all could
      // be read) it finds nothing due and ends with 0: alert on what graphlake logs, not only on failed executions.
      replicaRetryLimit: 1
      replicaTimeout: 43200 // the next night goes on from there
      registries: [
        {
          server: registryServer
          identity: identityId
        }
      ]
      secrets: [
        {
          name: 'graphlake-yaml' // no secret, but what a job can mount as a file
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
      containers: [
        {
          name: 'graphlake'
          image: '${registryServer}/${image}'
          args: [
            'run'
            '--job=nightly'
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
