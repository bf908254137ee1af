# bash completion of graphlake: source <(graphlake completion bash)
_graphlake() {
	local words word last
	read -ra words <<<"${COMP_LINE:0:COMP_POINT}|" # keeps an empty last word
	last=$((${#words[@]} - 1))
	words[last]=${words[last]%|}
	COMPREPLY=()
	while IFS=$'\t' read -r word _; do
		[[ ${words[last]} == *=* ]] && word=${word#*=} # for bash a word begins after the =
		COMPREPLY+=("$word")
	done < <("$1" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _graphlake graphlake
