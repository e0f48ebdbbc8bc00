-- What was posted comes back.
function handle(request)
    request.content_type = "text/plain"
    request:write(request:requestbody() or "")
    return apache2.OK
end
