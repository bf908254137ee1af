# Who may do what: the account writes into the lake and reads its configuration and certificate; administrators and the
# system may all; nobody else anything. Add those who read the lake to the lake's list:
#   icacls D:\graphlake\lake /grant "CONTOSO\BI readers:(OI)(CI)RX"
function Set-Rights {
	param([string] $Lake, [string] $Account)
	New-Item -ItemType Directory -Force $Lake | Out-Null
	icacls $Lake /inheritance:r /grant:r 'SYSTEM:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' "${Account}:(OI)(CI)M" | Out-Null
	icacls 'C:\ProgramData\graphlake' /inheritance:r /grant:r 'SYSTEM:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' "${Account}:(OI)(CI)RX" | Out-Null
}
