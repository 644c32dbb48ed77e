//! Who may do what in which room, over HTTP and by events: nobody who is not in a private room can tell that it exists.

mod answers;
mod leaks;
mod matrix;
mod scene;
