-- Asks for addresses of a list at random, each with its tag where the run is of
-- clients that have the answer. What was answered is printed as one line of JSON.
-- arg 1: the list, a line for each request: path, tab, tag (may be empty)
-- arg 2: the token that is sent

local requests = {}
local total = 0
local random = math.random

function init(args)
  math.randomseed(20210523)
  for line in io.lines(args[1]) do
    local path, tag = line:match("^([^\t]+)\t(.*)$")
    local headers = { ["Host"] = wrk.headers["Host"], ["Accept-Encoding"] = "gzip", ["Authorization"] = "Bearer " .. args[2] }
    if tag ~= "" then headers["If-None-Match"] = tag end
    total = total + 1
    requests[total] = wrk.format("GET", path, headers)
  end
end

function request()
  return requests[random(total)]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nwrk-result {"requests":%d,"micros":%d,"bytes":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, summary.bytes, e.connect, e.read, e.write, e.status, e.timeout,
    latency:percentile(50.0), latency:percentile(99.0)))
end
