-- Neovim's own client for storyreel's language server. In init.lua: require('storyreel').setup()

local M = {}

local function command()
  local words = vim.split(vim.fn['storyreel#program'](), ' ', { trimempty = true })
  table.insert(words, 'lsp')
  return words
end

--- Starts one server for all scripts, or joins the one that runs. For a buffer whose file type is storyreel.
function M.attach(buffer, options)
  local config = vim.tbl_extend('force', { name = 'storyreel', cmd = command() }, options or {})
  if vim.lsp.start then
    return vim.lsp.start(config, { bufnr = buffer })
  end
  -- Neovim 0.7
  local running = vim.tbl_filter(function(client)
    return client.name == 'storyreel'
  end, vim.tbl_values(vim.lsp.get_active_clients()))[1]
  local id = running and running.id or vim.lsp.start_client(config)
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
  return id
end

--- `options` are those of vim.lsp.start: on_attach, capabilities and the like.
function M.setup(options)
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'storyreel',
    callback = function(event)
      M.attach(event.buf, options)
    end,
  })
end

return M
