/*
 * The shim of the jump clock: preloaded into every server, it makes time a number in a shared page.
 *
 * The law: a clock call answers from the page; a *timed* wait registers its deadline there and blocks, without any
 * time-out, in the real call on the real descriptors. When every thread of the system sleeps, the lab moves the page's
 * time to the earliest deadline, marks that wait as expired and kicks its thread with a signal. Untimed waits are left
 * alone: the lab sees them in /proc. What cannot be served is refused by name, through the page, so that nothing runs
 * on real time unnoticed.
 *
 * The page (`FAULT_LAB_PAGE` names it) is laid out in `page.py`, which is to be changed with this file. Without that
 * variable the shim sleeps until `fault_lab_attach` is called, as in the lab's own processes, which fork servers.
 *
 * A server may have a wall clock of its own: `FAULT_LAB_SHIFT` is the number of its shift in the page, which is added to
 * the wall clock and to nothing else. A page with the other mark has only shifts: then all time is real but for them.
 *
 * Order of this file: the page - the real calls - clocks - slots - sleeping - poll and its kin - semaphores - condition
 * variables - alarms - socket time-outs - signals - refusals.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

/* ---- the page ------------------------------------------------------------------------------------------------ */

#define SLOTS 4096
#define SHIFTS 1024
#define KICK 60 /* a real-time signal that hardly any program uses */
#define SECOND 1000000000LL

enum { FREE = 0, WAITING = 1, EXPIRED = 2, BRIEF = 3 };
enum { THREAD = 0, ALARM = 1 };

struct slot {
    _Atomic int64_t deadline; /* ns of the page's clock */
    _Atomic int32_t tid;      /* 0: nobody's; for an alarm the pid */
    _Atomic int32_t pid;
    _Atomic int32_t state;
    _Atomic int32_t kind;
    _Atomic int64_t began;    /* ns: when the wait began */
    _Atomic int64_t interval; /* ns: an alarm's period, 0 for one that rings once */
    _Atomic int64_t wall;     /* 0, or one more than the number of the shift that the deadline is to be lessened by */
    int64_t unused[2];
};

struct page {
    char magic[8];
    _Atomic int64_t now; /* ns: CLOCK_MONOTONIC and its kin */
    int64_t wall;        /* ns to add for CLOCK_REALTIME */
    int64_t tick;        /* ns by which each look at the clock moves it, so that loops over the clock end */
    _Atomic int64_t generation;
    _Atomic int64_t used; /* slots that were ever used */
    _Atomic int32_t refused;
    _Atomic int32_t refused_by;
    char refusal[72];
    struct slot slots[SLOTS];
    _Atomic int64_t shifts[SHIFTS]; /* ns to add to the wall clock of one server */
};

_Static_assert(sizeof(struct slot) == 64, "page.py expects this size of a slot");
_Static_assert(offsetof(struct page, slots) == 128, "page.py expects the slots there");

static struct page *page;         /* NULL while time is real */
static _Atomic int64_t *my_shift; /* NULL where the server has no wall clock of its own */
static int64_t my_wall;           /* one more than its number; 0 where it has none */
static __thread int my_slot __attribute__((tls_model("initial-exec"))) = -1;
static __thread volatile sig_atomic_t kicked __attribute__((tls_model("initial-exec")));
static pthread_key_t at_thread_end;
static _Atomic int socket_timeouts; /* whether this process ever gave a socket a time-out */

static void on_kick(int number)
{
    (void)number;
    kicked = 1;
}

static void refuse(const char *what)
{
    int32_t nobody = 0;
    if (page && atomic_compare_exchange_strong(&page->refused_by, &nobody, (int32_t)getpid())) {
        strncpy(page->refusal, what, sizeof page->refusal - 1);
        page->refused = 1;
        page->generation++;
    }
}

/* ---- the real calls -------------------------------------------------------------------------------------------- */

/* Found when first needed: other libraries' constructors may call before ours has run. */
static void *found(void **kept, const char *name)
{
    if (!*kept)
        *kept = dlsym(RTLD_NEXT, name);
    return *kept;
}

#define REAL(name) ((__typeof__(&name))found(&real_##name, #name))
#define FIND(name) static void *real_##name;

FIND(clock_gettime) FIND(times) FIND(clock_nanosleep) FIND(ppoll) FIND(select) FIND(pselect) FIND(epoll_pwait) FIND(epoll_pwait2)
FIND(sem_timedwait) FIND(sem_clockwait) FIND(sigwaitinfo) FIND(sigtimedwait) FIND(setsockopt)
FIND(alarm) FIND(setitimer) FIND(getitimer) FIND(timer_create) FIND(timerfd_create)
FIND(sigaction) FIND(signal) FIND(sigprocmask) FIND(pthread_sigmask)
FIND(read) FIND(readv) FIND(recv) FIND(recvfrom) FIND(recvmsg) FIND(accept) FIND(accept4)
FIND(write) FIND(writev) FIND(send) FIND(sendto) FIND(sendmsg)

static int64_t ns_of(const struct timespec *time) { return time->tv_sec * SECOND + time->tv_nsec; }
static int64_t ns_of_timeval(const struct timeval *time) { return time->tv_sec * SECOND + time->tv_usec * 1000; }
static struct timespec timespec_of(int64_t ns) { return (struct timespec){ns / SECOND, ns % SECOND}; }
static struct timeval timeval_of(int64_t ns) { return (struct timeval){ns / SECOND, ns % SECOND / 1000}; }

/* ---- clocks ------------------------------------------------------------------------------------------------------ */

static int64_t look(void) { return atomic_fetch_add(&page->now, page->tick) + page->tick; }

static int is_wall(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_REALTIME_ALARM ||
           clock == CLOCK_TAI;
}

/* What this server's wall clock is ahead of the real one, or of the page's. */
static int64_t shift(void) { return my_shift ? *my_shift : 0; }

static int is_cpu(clockid_t clock)
{
    return clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int64_t ahead = is_wall(clock) ? shift() : 0;
    if (page && !is_cpu(clock)) {
        *time = timespec_of(look() + (is_wall(clock) ? page->wall : 0) + ahead);
        return 0;
    }
    int result = REAL(clock_gettime)(clock, time);
    if (result == 0 && ahead)
        *time = timespec_of(ns_of(time) + ahead);
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *time = timeval_of(ns_of(&now));
    return 0;
}

time_t time(time_t *time)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (time)
        *time = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *time, int base)
{
    if (base != TIME_UTC)
        return 0;
    clock_gettime(CLOCK_REALTIME, time);
    return base;
}

clock_t times(struct tms *spent)
{
    clock_t real = REAL(times)(spent);
    return page ? look() / (SECOND / sysconf(_SC_CLK_TCK)) : real;
}

/* ---- slots: one per thread that ever waited for a time ---------------------------------------------------------- */

static void free_slot(void *unused)
{
    (void)unused;
    if (page && my_slot >= 0) {
        page->slots[my_slot].state = FREE;
        page->slots[my_slot].tid = 0;
        my_slot = -1;
    }
}

static struct slot *claim(int32_t tid, int kind)
{
    for (int n = 0; n < SLOTS; n++) {
        struct slot *slot = &page->slots[n];
        int32_t nobody = 0;
        if (slot->tid || !atomic_compare_exchange_strong(&slot->tid, &nobody, tid))
            continue;
        slot->state = FREE;
        slot->pid = getpid();
        slot->kind = kind;
        slot->wall = 0;
        int64_t used = page->used;
        while (used < n + 1 && !atomic_compare_exchange_weak(&page->used, &used, n + 1))
            ;
        return slot;
    }
    refuse("more than 4096 threads that wait for times");
    return NULL;
}

/* The calling thread's slot. A fork's child, however it was forked, is another thread and gets another. */
static struct slot *slot_of_thread(void)
{
    static struct slot spare; /* when all are taken: the lab has been told, and ends the scenario */
    int32_t tid = (int32_t)syscall(SYS_gettid);
    if (my_slot >= 0 && page->slots[my_slot].tid == tid && page->slots[my_slot].kind == THREAD)
        return &page->slots[my_slot];
    struct slot *slot = claim(tid, THREAD);
    if (!slot)
        return &spare;
    my_slot = (int)(slot - page->slots);
    pthread_setspecific(at_thread_end, page);
    return slot;
}

static struct slot *begin(int64_t deadline, int by_wall)
{
    struct slot *slot = slot_of_thread();
    kicked = 0;
    slot->began = page->now;
    slot->wall = by_wall ? my_wall : 0;
    slot->deadline = deadline;
    slot->state = WAITING;
    page->generation++;
    return slot;
}

static void end(struct slot *slot)
{
    slot->state = FREE;
    page->generation++;
}

/*
 * A timed wait: `call` blocks without a time-out and gives -1 and EINTR when it is kicked. Once expired the result is
 * that of `last`, which looks a last time without blocking: a thread that was stopped may find both its deadline past
 * and its data there, and the kernel then gives the data. A deadline of the wall clock is given without its shift, which
 * the lab takes off when it reads the page: so it holds after a jump, too.
 */
#define TIMED(deadline, call, last) TIMED_BY(0, deadline, call, last)
#define TIMED_BY(wall, deadline, call, last)                  \
    do {                                                      \
        struct slot *_slot = begin(deadline, wall);           \
        __typeof__(call) _result;                             \
        for (;;) {                                            \
            if (_slot->state == EXPIRED) {                    \
                _result = (last);                             \
                break;                                        \
            }                                                 \
            _result = (call);                                 \
            if (_result != -1 || errno != EINTR)              \
                break;                                        \
            if (_slot->state != EXPIRED && !kicked)           \
                break;                                        \
            kicked = 0;                                       \
        }                                                     \
        int _errno = errno;                                   \
        end(_slot);                                           \
        errno = _errno;                                       \
        return _result;                                       \
    } while (0)

/* ---- sleeping ---------------------------------------------------------------------------------------------------- */

static int sleep_until(int64_t deadline, int by_wall)
{
    if (deadline - (by_wall ? shift() : 0) <= page->now)
        return 0;
    TIMED_BY(by_wall, deadline, REAL(ppoll)(NULL, 0, NULL, NULL), 0);
}

/*
 * While time is real, a wait for a time of a wall clock that the lab may set is made of short ones: the kernel does not
 * know of that clock. `*until` is the end of the next of them, on the kernel's clock; 1 if it is the last.
 */
#define SLICE (20 * 1000000LL)

static int next_slice(clockid_t clock, const struct timespec *wanted, struct timespec *until)
{
    struct timespec now;
    REAL(clock_gettime)(clock, &now);
    int64_t end = ns_of(wanted) - shift(), soon = ns_of(&now) + SLICE;
    *until = timespec_of(end < soon ? (end > 0 ? end : 0) : soon);
    return end < soon;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *asked, struct timespec *left)
{
    int by_wall = is_wall(clock) && (flags & TIMER_ABSTIME);
    if (!page && by_wall && my_shift) {
        struct timespec until;
        int is_last, error;
        do {
            is_last = next_slice(clock, asked, &until);
            error = REAL(clock_nanosleep)(clock, flags, &until, NULL);
        } while (!error && !is_last);
        return error;
    }
    if (!page || is_cpu(clock))
        return REAL(clock_nanosleep)(clock, flags, asked, left);
    if (asked->tv_nsec < 0 || asked->tv_nsec >= SECOND || asked->tv_sec < 0)
        return EINVAL;
    int64_t deadline = ns_of(asked);
    if (!(flags & TIMER_ABSTIME))
        deadline += page->now;
    else if (by_wall)
        deadline -= page->wall;
    if (sleep_until(deadline, by_wall) == 0)
        return 0;
    if (left && !(flags & TIMER_ABSTIME)) {
        int64_t rest = deadline - page->now;
        *left = timespec_of(rest > 0 ? rest : 0);
    }
    return errno;
}

int nanosleep(const struct timespec *asked, struct timespec *left)
{
    int error = clock_nanosleep(CLOCK_MONOTONIC, 0, asked, left);
    errno = error ? error : errno;
    return error ? -1 : 0;
}

int thrd_sleep(const struct timespec *asked, struct timespec *left)
{
    int error = clock_nanosleep(CLOCK_MONOTONIC, 0, asked, left);
    return error == EINTR ? -1 : error ? -2 : 0;
}

int usleep(useconds_t us)
{
    struct timespec asked = timespec_of(us * 1000LL);
    return nanosleep(&asked, NULL);
}

unsigned sleep(unsigned seconds)
{
    struct timespec asked = {seconds, 0}, left = {0, 0};
    return nanosleep(&asked, &left) ? (unsigned)(left.tv_sec + (left.tv_nsec >= SECOND / 2)) : 0;
}

/* ---- poll and its kin -------------------------------------------------------------------------------------------- */

static const struct timespec NOW_OR_NEVER = {0, 0};

/* A mask for the time of a wait must let the kick through. */
static const sigset_t *open_to_kicks(const sigset_t *mask, sigset_t *copy)
{
    if (!mask)
        return NULL;
    *copy = *mask;
    sigdelset(copy, KICK);
    return copy;
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *within, const sigset_t *mask)
{
    if (!page || !within || ns_of(within) <= 0)
        return REAL(ppoll)(fds, count, within, mask);
    sigset_t copy;
    mask = open_to_kicks(mask, &copy);
    TIMED(page->now + ns_of(within), REAL(ppoll)(fds, count, NULL, mask), REAL(ppoll)(fds, count, &NOW_OR_NEVER, mask));
}

int poll(struct pollfd *fds, nfds_t count, int ms)
{
    struct timespec within = timespec_of(ms * 1000000LL);
    return ppoll(fds, count, ms < 0 ? NULL : &within, NULL);
}

int __poll_chk(struct pollfd *fds, nfds_t count, int ms, size_t size)
{
    (void)size;
    return poll(fds, count, ms);
}

int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *within, const sigset_t *mask, size_t size)
{
    (void)size;
    return ppoll(fds, count, within, mask);
}

/*
 * The three sets of a select, kept because each call writes over them. The sizes are the kernel's, not fd_set's, and no
 * larger than they must be: a thread may have a small stack.
 */
struct sets {
    unsigned char *kept[3];
    fd_set *given[3];
    size_t size;
};

static int fill(struct sets *sets)
{
    for (int n = 0; n < 3; n++)
        if (sets->given[n])
            memcpy(sets->given[n], sets->kept[n], sets->size);
    return 1;
}

static int select_until(int64_t deadline, int count, struct sets *sets, const sigset_t *mask)
{
    fd_set **set = sets->given;
    TIMED(deadline, fill(sets) ? REAL(pselect)(count, set[0], set[1], set[2], NULL, mask) : -1,
          fill(sets) ? REAL(pselect)(count, set[0], set[1], set[2], &NOW_OR_NEVER, mask) : -1);
}

int pselect(int count, fd_set *readable, fd_set *writable, fd_set *odd, const struct timespec *within,
            const sigset_t *mask)
{
    if (!page || !within || ns_of(within) <= 0 || count < 0 || count > 65536)
        return REAL(pselect)(count, readable, writable, odd, within, mask);
    const size_t word = 8 * sizeof(long), size = (count + word - 1) / word * sizeof(long);
    unsigned char kept[3][size + 1];
    struct sets sets = {.given = {readable, writable, odd}, .size = size};
    sigset_t copy;
    for (int n = 0; n < 3; n++) {
        sets.kept[n] = kept[n];
        if (sets.given[n])
            memcpy(kept[n], sets.given[n], size);
    }
    return select_until(page->now + ns_of(within), count, &sets, open_to_kicks(mask, &copy));
}

int select(int count, fd_set *readable, fd_set *writable, fd_set *odd, struct timeval *within)
{
    if (!page)
        return REAL(select)(count, readable, writable, odd, within);
    if (!within)
        return pselect(count, readable, writable, odd, NULL, NULL);
    int64_t asked = ns_of_timeval(within), before = page->now;
    struct timespec copy = timespec_of(asked);
    int result = pselect(count, readable, writable, odd, &copy, NULL);
    if (asked > 0) { /* Linux tells how much was left */
        int64_t left = before + asked - page->now;
        *within = timeval_of(left > 0 ? left : 0);
    }
    return result;
}

int epoll_pwait(int epoll, struct epoll_event *events, int most, int ms, const sigset_t *mask)
{
    if (!page || ms <= 0)
        return REAL(epoll_pwait)(epoll, events, most, ms, mask);
    sigset_t copy;
    mask = open_to_kicks(mask, &copy);
    TIMED(page->now + ms * 1000000LL, REAL(epoll_pwait)(epoll, events, most, -1, mask),
          REAL(epoll_pwait)(epoll, events, most, 0, mask));
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int ms)
{
    return epoll_pwait(epoll, events, most, ms, NULL);
}

int epoll_pwait2(int epoll, struct epoll_event *events, int most, const struct timespec *within, const sigset_t *mask)
{
    if (!page || !within || ns_of(within) <= 0)
        return REAL(epoll_pwait2)(epoll, events, most, within, mask);
    sigset_t copy;
    mask = open_to_kicks(mask, &copy);
    TIMED(page->now + ns_of(within), REAL(epoll_pwait)(epoll, events, most, -1, mask),
          REAL(epoll_pwait)(epoll, events, most, 0, mask));
}

/* ---- semaphores -------------------------------------------------------------------------------------------------- */

/* A far deadline rather than none: only a timed futex wait is broken off by a signal. */
static const struct timespec FAR = {4000000000LL, 0};

static int sem_until(sem_t *semaphore, int64_t deadline, int by_wall)
{
    if (sem_trywait(semaphore) == 0)
        return 0;
    if (deadline - (by_wall ? shift() : 0) <= page->now) {
        errno = ETIMEDOUT;
        return -1;
    }
    TIMED_BY(by_wall, deadline,
          found(&real_sem_clockwait, "sem_clockwait")
              ? REAL(sem_clockwait)(semaphore, CLOCK_MONOTONIC, &FAR)
              : REAL(sem_timedwait)(semaphore, &FAR),
          sem_trywait(semaphore) == 0 ? 0 : (errno = ETIMEDOUT, -1));
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, const struct timespec *restrict until)
{
    if (is_wall(clock))
        return sem_timedwait(semaphore, until);
    if (!page)
        return REAL(sem_clockwait)(semaphore, clock, until);
    return sem_until(semaphore, ns_of(until), 0);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until)
{
    if (page)
        return sem_until(semaphore, ns_of(until) - page->wall, 1);
    if (!my_shift)
        return REAL(sem_timedwait)(semaphore, until);
    struct timespec slice;
    int is_last, result;
    do {
        is_last = next_slice(CLOCK_REALTIME, until, &slice);
        result = REAL(sem_timedwait)(semaphore, &slice);
    } while (result == -1 && errno == ETIMEDOUT && !is_last);
    return result;
}

/* ---- condition variables ------------------------------------------------------------------------------------------ */

/*
 * The C library's own waits cannot be broken off by a signal, so here are others: a counter that every signal moves,
 * and a futex wait while it stands still. Waking without a cause is allowed, and callers look again. They are used
 * from the process's first moment, attached or not, so that no condition variable is ever of both kinds.
 */
struct cond {
    _Atomic uint32_t moves;
    _Atomic uint32_t waiters;
    uint32_t clock;
};
_Static_assert(sizeof(struct cond) <= sizeof(pthread_cond_t), "it has to fit");

#define BRIEFEST (20 * 1000000LL)

/*
 * Python's interpreter lock waits 5 ms and then asks the holder, who is computing, to let go. That wait is real: while
 * somebody computes, the page's time stands still.
 */
static int is_interpreter(void)
{
    static _Atomic int known; /* 1: no, 2: yes */
    if (!known)
        known = dlsym(RTLD_DEFAULT, "PyGILState_Ensure") ? 2 : 1;
    return known == 2;
}

static long futex(_Atomic uint32_t *word, int what, uint32_t value, const struct timespec *until)
{
    return syscall(SYS_futex, word, what, value, until, NULL, FUTEX_BITSET_MATCH_ANY);
}

static int cond_wait(struct cond *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until,
                     struct slot *slot)
{
    int how = FUTEX_WAIT_BITSET | (is_wall(clock) && until != &FAR ? FUTEX_CLOCK_REALTIME : 0), result = 0;
    int is_sliced = my_shift && until && !slot && is_wall(clock), is_last = 1;
    struct timespec slice;
    cond->waiters++;
    uint32_t seen = cond->moves;
    pthread_mutex_unlock(mutex);
    while (cond->moves == seen) {
        if (slot && slot->state == EXPIRED) {
            result = ETIMEDOUT;
            break;
        }
        if (is_sliced)
            is_last = next_slice(CLOCK_REALTIME, until, &slice);
        if (futex(&cond->moves, how, seen, is_sliced ? &slice : until) == -1 && errno == ETIMEDOUT && is_last) {
            result = ETIMEDOUT;
            break;
        }
    }
    cond->waiters--;
    if (slot)
        end(slot); /* before the mutex: waiting for that is no timed wait */
    pthread_mutex_lock(mutex);
    return result;
}

static int cond_brief(struct cond *cond, pthread_mutex_t *mutex, int64_t ns)
{
    struct timespec until;
    struct slot *slot = slot_of_thread();
    REAL(clock_gettime)(CLOCK_MONOTONIC, &until);
    until = timespec_of(ns_of(&until) + ns);
    slot->state = BRIEF;
    return cond_wait(cond, mutex, CLOCK_MONOTONIC, &until, slot);
}

static int cond_until(struct cond *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
    if (until->tv_nsec < 0 || until->tv_nsec >= SECOND)
        return EINVAL;
    if (!page)
        return cond_wait(cond, mutex, clock, until, NULL);
    int by_wall = is_wall(clock);
    int64_t deadline = ns_of(until) - (by_wall ? page->wall : 0), within = deadline - (by_wall ? shift() : 0) - page->now;
    if (within <= 0)
        return ETIMEDOUT;
    if (within <= BRIEFEST && is_interpreter())
        return cond_brief(cond, mutex, within);
    return cond_wait(cond, mutex, clock, &FAR, begin(deadline, by_wall));
}

int pthread_cond_init(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attributes)
{
    clockid_t clock = CLOCK_REALTIME;
    if (attributes)
        pthread_condattr_getclock(attributes, &clock);
    memset(cond, 0, sizeof *cond);
    ((struct cond *)cond)->clock = (uint32_t)clock;
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *cond)
{
    (void)cond;
    return 0;
}

int pthread_cond_wait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex)
{
    return cond_wait((struct cond *)cond, mutex, CLOCK_MONOTONIC, NULL, NULL);
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    return cond_until((struct cond *)cond, mutex, (clockid_t)((struct cond *)cond)->clock, until);
}

int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, clockid_t clock,
                           const struct timespec *restrict until)
{
    return cond_until((struct cond *)cond, mutex, clock, until);
}

static int wake(struct cond *cond, int most)
{
    cond->moves++;
    if (cond->waiters)
        futex(&cond->moves, FUTEX_WAKE, (uint32_t)most, NULL);
    return 0;
}

int pthread_cond_signal(pthread_cond_t *cond) { return wake((struct cond *)cond, 1); }
int pthread_cond_broadcast(pthread_cond_t *cond) { return wake((struct cond *)cond, INT_MAX); }

/* ---- alarms: the lab sends SIGALRM when their time has come ------------------------------------------------------- */

static struct slot *alarm_slot(int make)
{
    int32_t pid = getpid();
    for (int n = 0; n < page->used; n++) {
        struct slot *slot = &page->slots[n];
        if (slot->kind == ALARM && slot->tid == pid && slot->pid == pid)
            return slot;
    }
    return make ? claim(pid, ALARM) : NULL;
}

static void tell_alarm(struct itimerval *told)
{
    struct slot *slot = alarm_slot(0);
    int64_t left = slot && slot->state == WAITING ? slot->deadline - page->now : 0;
    if (slot && slot->state == WAITING && left < 1000)
        left = 1000;
    told->it_value = timeval_of(left);
    told->it_interval = timeval_of(left ? slot->interval : 0);
}

static void set_alarm(int64_t within, int64_t interval)
{
    struct slot *slot = alarm_slot(within > 0);
    if (!slot)
        return;
    slot->state = FREE;
    slot->began = page->now;
    slot->deadline = page->now + within;
    slot->interval = interval;
    slot->state = within > 0 ? WAITING : FREE;
    page->generation++;
}

int setitimer(__itimer_which_t which, const struct itimerval *restrict value, struct itimerval *restrict old)
{
    if (!page || which != ITIMER_REAL)
        return REAL(setitimer)(which, value, old);
    struct itimerval before;
    tell_alarm(&before);
    if (value)
        set_alarm(ns_of_timeval(&value->it_value), ns_of_timeval(&value->it_interval));
    if (old)
        *old = before;
    return 0;
}

int getitimer(__itimer_which_t which, struct itimerval *value)
{
    if (!page || which != ITIMER_REAL)
        return REAL(getitimer)(which, value);
    tell_alarm(value);
    return 0;
}

unsigned alarm(unsigned seconds)
{
    if (!page)
        return REAL(alarm)(seconds);
    struct itimerval value = {{0, 0}, {seconds, 0}}, old;
    setitimer(ITIMER_REAL, &value, &old);
    return (unsigned)old.it_value.tv_sec + (old.it_value.tv_usec ? 1 : 0);
}

useconds_t ualarm(useconds_t us, useconds_t interval)
{
    struct itimerval value = {timeval_of(interval * 1000LL), timeval_of(us * 1000LL)}, old;
    setitimer(ITIMER_REAL, &value, &old);
    return (useconds_t)(old.it_value.tv_sec * 1000000 + old.it_value.tv_usec);
}

/* ---- sockets with time-outs ---------------------------------------------------------------------------------------- */

/* The kernel keeps the time-out, so that it follows dup and fork; the wait for it is ours. */
static int wait_for_socket(int fd, short event, int option)
{
    struct timeval within = {0, 0};
    socklen_t size = sizeof within;
    int before = errno, is_timed;
    is_timed = getsockopt(fd, SOL_SOCKET, option, &within, &size) == 0 && ns_of_timeval(&within) > 0;
    errno = before;
    if (!is_timed || (fcntl(fd, F_GETFL) & O_NONBLOCK))
        return 1;
    struct pollfd one = {fd, event, 0};
    struct timespec left = timespec_of(ns_of_timeval(&within));
    int ready = ppoll(&one, 1, &left, NULL);
    if (ready == 0)
        errno = EAGAIN;
    return ready;
}

#define SOCKET_CALL(option, event, flags, call)                                                                     \
    do {                                                                                                             \
        if (page && socket_timeouts && !((flags)&MSG_DONTWAIT) && wait_for_socket(fd, event, option) <= 0)           \
            return -1;                                                                                               \
        return call;                                                                                                 \
    } while (0)
#define RECEIVING(flags, call) SOCKET_CALL(SO_RCVTIMEO, POLLIN, flags, call)
#define SENDING(flags, call) SOCKET_CALL(SO_SNDTIMEO, POLLOUT, flags, call)

int setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO))
        socket_timeouts = 1;
    return REAL(setsockopt)(fd, level, option, value, size);
}

ssize_t read(int fd, void *data, size_t size) { RECEIVING(0, REAL(read)(fd, data, size)); }
ssize_t readv(int fd, const struct iovec *parts, int count) { RECEIVING(0, REAL(readv)(fd, parts, count)); }
ssize_t recv(int fd, void *data, size_t size, int flags) { RECEIVING(flags, REAL(recv)(fd, data, size, flags)); }
ssize_t recvmsg(int fd, struct msghdr *message, int flags) { RECEIVING(flags, REAL(recvmsg)(fd, message, flags)); }
ssize_t recvfrom(int fd, void *restrict data, size_t size, int flags, struct sockaddr *restrict from,
                 socklen_t *restrict length)
{
    RECEIVING(flags, REAL(recvfrom)(fd, data, size, flags, from, length));
}
int accept(int fd, struct sockaddr *restrict from, socklen_t *restrict length)
{
    RECEIVING(0, REAL(accept)(fd, from, length));
}
int accept4(int fd, struct sockaddr *restrict from, socklen_t *restrict length, int flags)
{
    RECEIVING(0, REAL(accept4)(fd, from, length, flags));
}
ssize_t write(int fd, const void *data, size_t size) { SENDING(0, REAL(write)(fd, data, size)); }
ssize_t writev(int fd, const struct iovec *parts, int count) { SENDING(0, REAL(writev)(fd, parts, count)); }
ssize_t send(int fd, const void *data, size_t size, int flags) { SENDING(flags, REAL(send)(fd, data, size, flags)); }
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) { SENDING(flags, REAL(sendmsg)(fd, message, flags)); }
ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length)
{
    SENDING(flags, REAL(sendto)(fd, data, size, flags, to, length));
}

/* ---- signals: the kick is nobody's but ours ------------------------------------------------------------------------ */

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    sigset_t copy;
    return REAL(pthread_sigmask)(how, how == SIG_UNBLOCK ? set : open_to_kicks(set, &copy), old);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    sigset_t copy;
    return REAL(sigprocmask)(how, how == SIG_UNBLOCK ? set : open_to_kicks(set, &copy), old);
}

int sigaction(int number, const struct sigaction *restrict new, struct sigaction *restrict old)
{
    if (number != KICK || !page)
        return REAL(sigaction)(number, new, old);
    if (old)
        memset(old, 0, sizeof *old); /* it looks as if nobody had touched it */
    return 0;
}

sighandler_t signal(int number, sighandler_t handler)
{
    return number == KICK && page ? SIG_DFL : REAL(signal)(number, handler);
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict told, const struct timespec *restrict within)
{
    if (!page || !within || ns_of(within) <= 0)
        return REAL(sigtimedwait)(set, told, within);
    sigset_t copy;
    set = open_to_kicks(set, &copy);
    TIMED(page->now + ns_of(within), REAL(sigwaitinfo)(set, told), REAL(sigtimedwait)(set, told, &NOW_OR_NEVER));
}

/* ---- refusals, and the beginning ----------------------------------------------------------------------------------- */

int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer)
{
    if (!is_cpu(clock))
        refuse("timer_create");
    return REAL(timer_create)(clock, event, timer);
}

int timerfd_create(int clock, int flags)
{
    refuse("timerfd_create");
    return REAL(timerfd_create)(clock, flags);
}

/* Slots of the image that was this process before exec: their threads are gone. Alarms outlive exec. */
static void free_slots_before_exec(void)
{
    int32_t pid = getpid();
    for (int n = 0; n < page->used; n++)
        if (page->slots[n].pid == pid && page->slots[n].kind == THREAD && page->slots[n].tid) {
            page->slots[n].state = FREE;
            page->slots[n].tid = 0;
        }
}

/* The wall clock of this server, if it has one of its own. */
static void take_shift(struct page *map)
{
    const char *number = getenv("FAULT_LAB_SHIFT");
    if (!number || atoi(number) < 0 || atoi(number) >= SHIFTS)
        return;
    my_shift = &map->shifts[atoi(number)];
    my_wall = atoi(number) + 1;
}

/* Live by the page from now on: 0, or an errno. */
int fault_lab_attach(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return errno;
    void *map = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int has_time = map != MAP_FAILED && memcmp(map, "LABJUMP1", 8) == 0;
    int error = map == MAP_FAILED ? errno : has_time || memcmp(map, "LABWALL1", 8) == 0 ? 0 : EPROTO;
    close(fd);
    if (error)
        return error;
    take_shift(map);
    if (!has_time)
        return 0;
    struct sigaction action = {.sa_handler = on_kick, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigset_t kick;
    REAL(sigaction)(KICK, &action, NULL);
    sigemptyset(&kick);
    sigaddset(&kick, KICK);
    REAL(sigprocmask)(SIG_UNBLOCK, &kick, NULL);
    pthread_key_create(&at_thread_end, free_slot);
    page = map;
    free_slots_before_exec();
    return 0;
}

__attribute__((constructor)) static void wake_up(void)
{
    const char *path = getenv("FAULT_LAB_PAGE");
    if (path && !page)
        fault_lab_attach(path);
}
