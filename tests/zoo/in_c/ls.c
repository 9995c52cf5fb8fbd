/* ls.c: load-balancing server.   cc -o ls ls.c   ./ls PORT TS1HOST TS1PORT TS2HOST TS2PORT */
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int dial(const char *host, const char *port)
{
    struct addrinfo hints, *res;
    int fd;

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &hints, &res) != 0)
        return -1;
    fd = socket(res->ai_family, res->ai_socktype, 0);
    if (connect(fd, res->ai_addr, res->ai_addrlen) < 0) {
        perror("connect");
        exit(1);
    }
    freeaddrinfo(res);
    return fd;
}

int main(int argc, char **argv)
{
    char query[201], reply[256];
    struct sockaddr_in addr;
    int one = 1, n, listener, client;

    if (argc != 6) {
        fprintf(stderr, "usage: %s port ts1host ts1port ts2host ts2port\n", argv[0]);
        return 1;
    }
    listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = INADDR_ANY;
    addr.sin_port = htons(atoi(argv[1]));
    if (bind(listener, (struct sockaddr *)&addr, sizeof addr) < 0) {
        perror("bind");
        return 1;
    }
    listen(listener, 5);
    while ((client = accept(listener, NULL, NULL)) >= 0) {
        struct pollfd ts[2];
        ts[0].fd = dial(argv[2], argv[3]);
        ts[1].fd = dial(argv[4], argv[5]);
        ts[0].events = ts[1].events = POLLIN;
        while ((n = recv(client, query, 200, 0)) > 0) {
            query[n] = '\0';
            if (strcmp(query, "done") == 0)
                break;
            send(ts[0].fd, query, n, 0);
            send(ts[1].fd, query, n, 0);
            if (poll(ts, 2, 5000) > 0) {
                n = recv(ts[0].revents ? ts[0].fd : ts[1].fd, reply, sizeof reply, 0);
            } else {
                n = snprintf(reply, sizeof reply, "%s - Error:HOST NOT FOUND", query);
            }
            send(client, reply, n, 0);
        }
        close(ts[0].fd);
        close(ts[1].fd);
        close(client);
    }
    return 0;
}
