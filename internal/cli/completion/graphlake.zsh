#compdef graphlake
# zsh completion of graphlake: graphlake completion zsh >_graphlake in a directory of $fpath
_graphlake() {
	local -a found
	local line
	for line in "${(@f)$("${(Q)words[1]}" complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
		[[ -n $line ]] && found+=("${${line%$'\t'}/$'\t'/:}")
	done
	if (( $#found )); then
		_describe graphlake found
	else
		compset -P '*='
		_files
	fi
}
if [[ $funcstack[1] == _graphlake ]]; then
	_graphlake "$@"
else
	compdef _graphlake graphlake
fi
