# bash completion of graphlake: source <(graphlake completion bash)
_graphlake() {
	local line=${COMP_LINE:0:COMP_POINT} words=() word last
	local part="([^[:space:]\"'\\]|\\\\.|\"[^\"]*\"|'[^']*')" # a quote that is open keeps all that follows
	while [[ $line =~ ^[[:space:]]*($part+)[[:space:]]+(.*)$ ]]; do
		words+=("${BASH_REMATCH[1]}")
		line=${BASH_REMATCH[3]}
	done
	words=("${words[@]//[\"\'\\]/}" "${line//[\"\'\\]/}")
	last=$((${#words[@]} - 1))
	COMPREPLY=()
	while IFS=$'\t' read -r word _; do
		[[ ${words[last]} == *=* ]] && word=${word#*=} # for bash a word begins after the =
		COMPREPLY+=("$word")
	done < <("$1" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _graphlake graphlake
