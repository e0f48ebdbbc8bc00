# Other people's clients: who knows ORIGIN shows it, who does not is not disturbed.

use Aty::Test;

needs_h2();

my $port = port('site');
my $ca = var('certs') . '/ca.pem';
my @listed = map { /\./ ? $_ : "$_.example.test" } qw(www example.test web static img users late);

# nghttp takes its SNI from :authority; it asks for /index.html of www.
{
    my $output = `nghttp -nv -H ':authority: www.example.test' https://127.0.0.1:$port/ 2>&1`;
    my ($frame) = $output =~ /recv ORIGIN frame <(.*?)>\n((?:\s.*\n)*)/ ? "$1\n$2" : '';
    like($frame, qr/flags=0x00, stream_id=0/, 'I6: nghttp receives an ORIGIN frame');
    my @origins = $frame =~ m{\[(https://[^\]]+)\]}g;
    is_deeply(\@origins, [map { "https://$_:$port" } @listed], 'I6: and reads its origins');
    like($output, qr/:status: 200/, 'I6: and is answered');
}

# curl connects to www and asks for that, or for another Host.
sub curl {
    my (@arguments) = @_;
    my $command = join ' ', map { quotemeta } 'curl', '-s', '--http2', '--cacert', $ca,
        '--resolve', "www.example.test:$port:127.0.0.1", '-o', '/dev/null',
        '-w', '%{http_version} %{http_code}', @arguments, "https://www.example.test:$port/";
    return scalar `$command 2>&1`;
}

is(curl(), '2 200', 'F4: curl, which does not know ORIGIN, is answered');
is(curl('-H', 'Host: static.example.test'), '2 200', 'curl with a Host that shares, too');
is(curl('-H', 'Host: admin.example.test'), '2 421', 'S1: curl with another Host is told 421');

{
    my $authority = ':authority: www.example.test';
    my $output = `h2load -n 200 -c 4 -m 10 -H '$authority' https://127.0.0.1:$port/ 2>&1`;
    like($output, qr/200 succeeded, 0 failed, 0 errored/, 'I6: h2load is not disturbed');
}

# node: the origin event and the set, and for an empty frame a set of one.
{
    my $program = <<'END';
const http2 = require('http2'), fs = require('fs');
const [port, ca, ...names] = process.argv.slice(2);
const ask = name => new Promise((done, failed) => {
    const session = http2.connect(`https://${name}:${port}`, {
        ca: fs.readFileSync(ca), servername: name,
        lookup: (host, options, found) => options.all
            ? found(null, [{address: '127.0.0.1', family: 4}]) : found(null, '127.0.0.1', 4),
    });
    const events = [];
    session.on('origin', origins => events.push(origins.length));
    session.on('error', failed);
    const request = session.request({':path': '/'});
    request.on('response', headers => {
        console.log(JSON.stringify({name, status: headers[':status'], events,
            set: session.originSet}));
        session.close();
        done();
    });
    request.resume();
    request.end();
});
(async () => { for (const name of names) await ask(name); })();
END
    my $script = var('t_logs') . '/origin_set.js';
    Aty::Template::store($script, $program);
    my $output = `node \Q$script\E $port \Q$ca\E www.example.test partner.example.test 2>&1`;
    my ($www, $partner) = split /\n/, $output;
    my $set = join ',', map { "\"https://$_:$port\"" } @listed;
    is($www, qq({"name":"www.example.test","status":200,"events":[7],"set":[$set]}),
        'I7: node has an origin event and the set of www');
    $set = "\"https://partner.example.test:$port\"";
    is($partner, qq({"name":"partner.example.test","status":200,"events":[0],"set":[$set]}),
        'I7 O16: and for an empty frame the set of the SNI alone');
}

finish();
