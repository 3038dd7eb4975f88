// Sqlalchemy: back ends found by name, and the sqlite of the standard library.
//
// Requires: sqlalchemy
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import sqlalchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Fruit(Base):
    __tablename__ = "fruit"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

engine = sqlalchemy.create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Fruit(name="fig"), Fruit(name="plum")])
    session.commit()
    print("sqlalchemy", session.scalars(sqlalchemy.select(Fruit.name).order_by(Fruit.name)).all())
`))
}

// Output:
// sqlalchemy ['fig', 'plum']
