/*
 * What the census reads of threads, as quickly as it can be read: a look at all of them is the most frequent thing that
 * the jump clock does. `census.py` says what is looked for and why; `records.py` has the same layout of a record, and is
 * to be changed with this file.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAME, RAN, NEW, AWAKE }; /* NEW is told by `census.py` only */
enum { STATE = 0, THREADS = 17, IMAGE = 23, IMAGE_END = 26 }; /* fields of `stat` behind the name, from its state on */

struct thread {
    int32_t stat, schedstat, wchan, children; /* open files below /proc; `stat` is -1 in a record of nobody's */
    int32_t state;                            /* the letter in `stat`; X once it cannot be read any more */
    int32_t has_run;                          /* since its process was last listed */
    int32_t vouched;                          /* somebody has seen that it waits for no time, and it has not run since */
    int32_t size;                             /* of `count` */
    uint64_t brood;                           /* a digest of its children */
    char count[72];                           /* its `schedstat` at the last look, with the number of its runs */
    char image[72];                           /* where its code and stack begin, which every exec moves */
};

_Static_assert(sizeof(struct thread) == 184, "records.py expects this size of a record");

static int is_gone(int state)
{
    return state == 'Z' || state == 'X' || state == 'x';
}

static int is_asleep(int state)
{
    return state == 'S' || state == 'T' || state == 't';
}

/* Whether it runs or waits for a processor, whatever its state says; -1 if it is gone. */
static int is_on_a_queue(const struct thread *it)
{
    char first;
    return pread(it->wchan, &first, 1, 0) == 1 ? first == '0' : -1;
}

/* What stands behind the name, which may have brackets and blanks of its own; NULL if it cannot be read. */
static const char *behind_the_name(const struct thread *it, char *text, size_t room)
{
    ssize_t size = pread(it->stat, text, room - 1, 0);
    if (size <= 0)
        return NULL;
    text[size] = 0;
    const char *bracket = strrchr(text, ')');
    return bracket && bracket[1] ? bracket + 2 : NULL;
}

/* Whether one thread sleeps, and whether it has run since the last look. */
int glance(struct thread *it)
{
    char count[sizeof it->count], text[80];
    int queued = is_on_a_queue(it);
    ssize_t size = queued < 0 ? -1 : pread(it->schedstat, count, sizeof count, 0);
    if (size > 0 && !queued && size == it->size && !memcmp(count, it->count, size))
        return SAME; /* no thread comes to another state of sleep without running */
    const char *words = size > 0 ? behind_the_name(it, text, sizeof text) : NULL;
    it->state = words ? words[STATE] : 'X';
    if (is_gone(it->state)) {
        size = 0;
    } else if (queued || !is_asleep(it->state) || is_on_a_queue(it)) {
        it->has_run = 1; /* `wchan` was read again, for it may have run between the first time and its count */
        return AWAKE;
    }
    if (size == it->size && !memcmp(count, it->count, size))
        return SAME;
    memcpy(it->count, count, size);
    it->size = size;
    it->has_run = 1;
    it->vouched = 0;
    return RAN;
}

/* The worst of all records; `awake` is the one to be asked first, -1 for none: who ran will run. */
int look(struct thread *all, int used, int *awake)
{
    int worst = SAME;
    if (*awake >= 0 && all[*awake].stat >= 0 && glance(&all[*awake]) == AWAKE)
        return AWAKE;
    *awake = -1;
    for (int number = 0; number < used; number++) {
        if (all[number].stat < 0)
            continue;
        int seen = glance(&all[number]);
        if (seen == AWAKE) {
            *awake = number;
            return AWAKE;
        }
        if (seen == SAME && all[number].has_run)
            seen = RAN; /* seen while somebody else was awake, or by the way to it: it is still to be listed */
        worst = seen > worst ? seen : worst;
    }
    return worst;
}

/* How many threads its process has, 0 if that is gone; its image is noted. */
int threads_beside(struct thread *it)
{
    char text[1024];
    const char *words = behind_the_name(it, text, sizeof text), *image = NULL, *end = NULL;
    int threads = 0;
    for (int field = 0; words && field < IMAGE_END; field++) {
        if (field == THREADS)
            threads = atoi(words);
        if (field == IMAGE)
            image = words;
        end = strchr(words, ' ');
        words = end ? end + 1 : NULL;
    }
    if (image && end && (size_t)(end - image) < sizeof it->image) {
        memcpy(it->image, image, end - image);
        it->image[end - image] = 0;
    }
    return threads;
}

/* Whether it has other children than when this was asked last. */
int has_other_children(struct thread *it)
{
    static char text[1 << 16];
    ssize_t size = pread(it->children, text, sizeof text, 0);
    uint64_t brood = 14695981039346656037u; /* Fowler, Noll and Vo's digest */
    for (ssize_t at = 0; at < size; at++)
        brood = (brood ^ (unsigned char)text[at]) * 1099511628211u;
    int is_other = brood != it->brood;
    it->brood = brood;
    return is_other;
}
