_thalweg() {
  local IFS=$'\n'
  COMPREPLY=($(thalweg __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _thalweg thalweg
