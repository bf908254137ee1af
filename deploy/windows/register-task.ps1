# Register a task that runs the job nightly every night. Run it as an administrator, in this folder, once graphlake.exe,
# graphlake.yaml and the certificate are where README.md says. It may be run again.
#Requires -RunAsAdministrator
param(
	[string] $Lake = 'D:\graphlake\lake',
	[string] $Account = 'NT AUTHORITY\LOCAL SERVICE' # as in graphlake.xml
)
$ErrorActionPreference = 'Stop'
. "$PSScriptRoot\rights.ps1"
Set-Rights -Lake $Lake -Account $Account
Register-ScheduledTask -TaskName graphlake -Xml (Get-Content -Raw "$PSScriptRoot\graphlake.xml") -Force | Out-Null
Get-ScheduledTask -TaskName graphlake | Get-ScheduledTaskInfo | Select-Object NextRunTime
