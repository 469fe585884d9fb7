package dev.socketserver.admission;

import dev.socketserver.RejectReason;

/**
 * Why a connection is not admitted.
 *
 * @param reason the reason
 * @param detail by which key, and what it allows, for people
 */
public record Refusal(RejectReason reason, String detail) {

}
