# fish completion of graphlake: graphlake completion fish >~/.config/fish/completions/graphlake.fish
function __graphlake_complete
	set -l before (commandline -opc)
	set -l last (commandline -ct)
	set -l found ($before[1] complete -- $before[2..] "$last" 2>/dev/null)
	if test (count $found) -gt 0
		printf '%s\n' $found
	else
		__fish_complete_path "$last"
	end
end
complete -c graphlake -f -a '(__graphlake_complete)'
