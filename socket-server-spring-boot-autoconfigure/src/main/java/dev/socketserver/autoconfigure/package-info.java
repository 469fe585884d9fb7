/**
 * Auto-configuration of servers and clients. The rooms below are the stations of a value:
 * {@code properties} (bound and merged), {@code spec} (specifications), {@code lifecycle}
 * (started and stopped); {@code keys} explains what was not bound. Auto-configurations
 * for libraries that an application may lack are in rooms of their own, named after them.
 */
@NullMarked
package dev.socketserver.autoconfigure;

import org.jspecify.annotations.NullMarked;
