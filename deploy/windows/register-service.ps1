# Register a service that stays and runs every job at its times (graphlake schedule). Run it as an administrator, in this
# folder, once graphlake.exe, graphlake.yaml and the certificate are where README.md says.
#Requires -RunAsAdministrator
param(
	[string] $Lake = 'D:\graphlake\lake',
	[string] $Listen = '127.0.0.1:8081', # where /healthz answers
	[string] $Account = 'NT SERVICE\graphlake' # which there is as soon as there is the service, and has no password
)
$ErrorActionPreference = 'Stop'
. "$PSScriptRoot\rights.ps1"
$command = '"C:\Program Files\graphlake\graphlake.exe" --config C:\ProgramData\graphlake\graphlake.yaml schedule --listen ' + $Listen
New-Service -Name graphlake -BinaryPathName $command -StartupType Automatic -DisplayName graphlake `
	-Description 'Copies Microsoft Teams from Microsoft Graph into the lake' | Out-Null
# PowerShell makes no service of an account without a password, and Windows calls what ends with another status than 0 failed
# only if it is told to. It is started again after a minute, five and fifteen.
sc.exe config graphlake obj= $Account | Out-Null
sc.exe config graphlake start= delayed-auto | Out-Null
sc.exe failure graphlake reset= 86400 actions= restart/60000/restart/300000/restart/900000 | Out-Null
sc.exe failureflag graphlake 1 | Out-Null
Set-Rights -Lake $Lake -Account $Account
# What it logs is read in the event viewer under Application; this names who has written it.
$source = 'HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\graphlake'
New-Item -Path $source -Force | Out-Null
New-ItemProperty -Path $source -Name EventMessageFile -PropertyType ExpandString -Value '%SystemRoot%\System32\EventCreate.exe' -Force | Out-Null
New-ItemProperty -Path $source -Name TypesSupported -PropertyType DWord -Value 7 -Force | Out-Null
Start-Service graphlake
Get-Service graphlake
