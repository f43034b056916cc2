" :compiler storyreel, then :make fills the quickfix list: vim's default errorformat reads `check --format short`.
if exists('current_compiler')
  finish
endif
let current_compiler = 'storyreel'

if exists(':CompilerSet') != 2
  command -nargs=* CompilerSet setlocal <args>
endif

execute 'CompilerSet makeprg=' . escape(storyreel#program() . ' check --format short ', ' \|"') . '%:S'
CompilerSet errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%f:%l:%c:\ %tnfo:\ %m,%-G%.%#
