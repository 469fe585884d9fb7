/**
 * The blocks of a specification that keep strangers in check: what addresses are banned
 * for. {@code engine.ban} obeys them.
 */
@NullMarked
package dev.socketserver.spec.gate;

import org.jspecify.annotations.NullMarked;
