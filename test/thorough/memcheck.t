#!/usr/bin/perl
# That valgrind.t can fail: what is planted in a small program is found, in the process that
# did it, and what code of ours has lost is told from what others have.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../httpd/lib";
use Cwd qw(abs_path);
use File::Path qw(make_path remove_tree);
use Outcome;
use Test::More;
use Tree;

use Aty::Memcheck;

# What is planted: a module that loses memory and is unloaded, as httpd unloads ours; memory
# that a file of somebody else's loses; and a child that reads behind its memory.
my %PLANTED = (
    'mod_authority/lost.c' => <<'END',
#include <stdlib.h>
__attribute__((visibility("default"))) void lose(void);
void lose(void)
{
    for (volatile int i = 0; i < 9; i++) {
        malloc(22);
    }
}
END
    'server/lost.c' => <<'END',
#include <stdlib.h>
void lose_others(void);
void lose_others(void)
{
    for (volatile int i = 0; i < 9; i++) {
        malloc(11);
    }
}
END
    'server/main.c' => <<'END',
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
void lose_others(void);
int main(void)
{
    static volatile char *block;
    block = malloc(4);
    if (fork() == 0) {
        return block[4];
    }
    void *module = dlopen("./mod_authority.so", RTLD_NOW);
    ((void (*)(void))dlsym(module, "lose"))();
    dlclose(module);
    lose_others();
    return wait(0) < 0;
}
END
);

my $place = abs_path(out()) . '/memcheck/planted';
remove_tree($place);
make_path(map { "$place/$_" } qw(logs mod_authority server));

# Runs a command in the place.
sub run {
    my (@words) = @_;
    my ($code, undef, $errors) = outcome($place, @words);
    $code == 0 or die "@words: $errors\n";
    return;
}

write_file("$place/$_", $PLANTED{$_}) for keys %PLANTED;
run(qw(gcc -g -O0 -w -shared -fPIC -fvisibility=hidden -o mod_authority.so
    mod_authority/lost.c));
run(qw(gcc -g -O0 -w -o main server/main.c server/lost.c -ldl));
run(Aty::Memcheck::words("$place/logs", abs_path('test/httpd/valgrind.supp')), './main');
my $found = Aty::Memcheck::judge("$place/logs");
is($found->{processes}, 2, 'a process and its child');
is($found->{others}, 1, 'what others have lost is told apart');
is(@{$found->{losses}}, 1, 'what an unloaded module has lost is found');
like($found->{losses}[0] // '', qr{\blose \(\S*/mod_authority/lost\.c:6\)}, '... and where');
is(@{$found->{errors}}, 1, 'the error of the child is found');
like($found->{errors}[0] // '', qr{^Invalid read of size 1\n.*/server/main\.c:11\)}m, '... and where');
is(Aty::Memcheck::faults($found), 2, 'an error and a loss are faults');
done_testing();
