package dev.socketserver.operator;

import java.time.Instant;

/**
 * How far a server that drains has progressed.
 *
 * @param endsAt when the last session is asked to end; if they are left alone until then,
 * all of them
 * @param left how many sessions are open
 * @param of how many there were when the drain began, or, if more opened meanwhile, there
 * are
 * @param perSecond how many sessions are asked to end in a second; 0 if they are left
 * alone, or connections are still accepted
 */
public record DrainProgress(Instant endsAt, long left, long of, double perSecond) {

}
